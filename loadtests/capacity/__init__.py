"""How cost grows with what can grow, one module for each, and what follows from that on paper."""
