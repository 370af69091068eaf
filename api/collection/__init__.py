"""What can be done with a collection: functions over an open store and values. Routes call these and nothing below."""
