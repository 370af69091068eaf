-- Charges many buckets at once, by Redis' own clock. The arithmetic is that of auth/gcra.py.
--
-- KEYS: a name for each policy.
-- ARGV: "if all admit" or "always", then for each policy two texts:
--   its quota, window, burst and how long a bucket is remembered (times in milliseconds);
--   its buckets, each a name and what to charge, which is negative to take back. Separated by spaces.
-- Returns 1 if it was charged and 0 if not, then for each policy a text: the levels of its buckets now, in their order.
--
-- A bucket is a field of the hash of its policy and the period it was last charged in, and holds its level as of the
-- period's beginning. The hash of the period before is read, too, and goes when nothing of it can be left.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function numbers(text)
  local found = {}
  for number in string.gmatch(text, '%S+') do
    found[#found + 1] = tonumber(number)
  end
  return found
end

local function open(name, rate)
  local quota, window, burst, memory = unpack(numbers(rate))
  local period = math.floor(now / memory)
  -- Periods of another length are others, though they may have the same number.
  local hashes = string.format('%s:%.0f', name, memory)
  return {
    quota = quota, window = window, capacity = burst * window, memory = memory,
    elapsed = now - period * memory,
    expiry = (period + 2) * memory,
    hash = string.format('%s:%.0f', hashes, period),
    earlier = string.format('%s:%.0f', hashes, period - 1),
    names = {}, costs = {}, levels = {},
  }
end

local function level_of(policy, kept, periods)
  if not kept then return 0 end
  local level = tonumber(kept) - (policy.elapsed + periods * policy.memory) * policy.quota
  -- More can only be a clock that was set back.
  return math.min(math.max(0, level), policy.memory * policy.quota)
end

local function read(policy, buckets)
  for name, cost in string.gmatch(buckets, '(%S+) (%S+)') do
    policy.names[#policy.names + 1] = name
    policy.costs[#policy.costs + 1] = tonumber(cost)
  end
  local missing, places = {}, {}
  for place, kept in ipairs(redis.call('HMGET', policy.hash, unpack(policy.names))) do
    policy.levels[place] = level_of(policy, kept, 0)
    if not kept then
      missing[#missing + 1] = policy.names[place]
      places[#places + 1] = place
    end
  end
  if #missing == 0 then return end
  for number, kept in ipairs(redis.call('HMGET', policy.earlier, unpack(missing))) do
    policy.levels[places[number]] = level_of(policy, kept, 1)
  end
end

local function admits(policy)
  for place, level in ipairs(policy.levels) do
    if level + policy.costs[place] * policy.window > policy.capacity then return false end
  end
  return true
end

local function charge(policy)
  local written, emptied = {}, {}
  for place, level in ipairs(policy.levels) do
    level = math.max(0, level + policy.costs[place] * policy.window)
    policy.levels[place] = level
    if level > 0 then
      written[#written + 1] = policy.names[place]
      written[#written + 1] = level + policy.elapsed * policy.quota
    else
      emptied[#emptied + 1] = policy.names[place]
    end
  end
  if #emptied > 0 then
    redis.call('HDEL', policy.hash, unpack(emptied))
    redis.call('HDEL', policy.earlier, unpack(emptied))
  end
  if #written > 0 then
    redis.call('HSET', policy.hash, unpack(written))
    redis.call('PEXPIREAT', policy.hash, string.format('%.0f', policy.expiry))
  end
end

local policies = {}
for number, name in ipairs(KEYS) do
  policies[number] = open(name, ARGV[2 * number])
  read(policies[number], ARGV[2 * number + 1])
end

local charged = true
if ARGV[1] == 'if all admit' then
  for _, policy in ipairs(policies) do charged = charged and admits(policy) end
end

local answer = { charged and 1 or 0 }
for number, policy in ipairs(policies) do
  if charged then charge(policy) end
  for place, level in ipairs(policy.levels) do policy.levels[place] = string.format('%.0f', level) end
  answer[number + 1] = table.concat(policy.levels, ' ')
end
return answer
