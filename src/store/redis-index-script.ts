/**
 * The index of documents in Redis, as functions for scripts: one list of entries for all terms of all collections.
 *
 * An entry is a term (8 bytes), `at` (7) and the place of a document (12), so the entries of a term stand together, in the order of pages. The
 * list is cut into leaves: sorted sets so small that Redis keeps them as packed bytes, at a quarter of what an entry costs in a large one. A
 * leaf is named by its first entry when it was cut off, the first leaf by none.
 *
 * Keys, all behind the prefix: `index` a sorted set of the names of all leaves but the first; `leaf:<name>` a leaf; `count:<3 digits>` hashes
 * with the number of documents of each term, by how the term begins in hex.
 */
export const INDEX_FUNCTIONS = `
local prefix = KEYS[1]
local directory, leaves = prefix .. 'index', prefix .. 'leaf:'
-- Redis keeps a sorted set of at most 128 entries as packed bytes, unless it is told otherwise.
local FULL, HALF = 128, 64
local BEYOND, ALL = string.rep('\\255', 20), 1000000000

local function leafOf(entry)
  return redis.call('ZREVRANGEBYLEX', directory, '[' .. entry, '-', 'LIMIT', 0, 1)[1] or ''
end

local function countKey(term)
  return prefix .. 'count:' .. string.format('%02x%x', string.byte(term, 1), math.floor(string.byte(term, 2) / 16))
end

local function countOf(term)
  return tonumber(redis.call('HGET', countKey(term), term) or '0')
end

local function count(term, by)
  local key = countKey(term)
  if redis.call('HINCRBY', key, term, by) == 0 then redis.call('HDEL', key, term) end
end

local function addEntry(entry)
  local leaf = leaves .. leafOf(entry)
  if redis.call('ZADD', leaf, 0, entry) == 0 then return end
  count(string.sub(entry, 1, 8), 1)
  if redis.call('ZCARD', leaf) < FULL then return end
  -- Entries that come in order leave full leaves behind.
  local from = redis.call('ZRANGE', leaf, -1, -1)[1] == entry and FULL - 1 or HALF
  local moved = redis.call('ZRANGE', leaf, from, -1)
  redis.call('ZREMRANGEBYRANK', leaf, from, -1)
  local scored = {}
  for i, member in ipairs(moved) do scored[2 * i - 1], scored[2 * i] = 0, member end
  redis.call('ZADD', leaves .. moved[1], unpack(scored))
  redis.call('ZADD', directory, 0, moved[1])
end

local function removeEntry(entry)
  local name = leafOf(entry)
  if redis.call('ZREM', leaves .. name, entry) == 0 then return end
  count(string.sub(entry, 1, 8), -1)
  if name ~= '' and redis.call('EXISTS', leaves .. name) == 0 then redis.call('ZREM', directory, name) end
end

local function eachEntry(entries, act)
  for from = 1, #entries, 27 do act(string.sub(entries, from, from + 26)) end
end

local function hasEntry(entry)
  return redis.call('ZSCORE', leaves .. leafOf(entry), entry)
end

-- The first entries between two bounds in the form of ZRANGEBYLEX; reversed: the last ones, backwards.
local function range(low, high, reversed, wanted)
  local name = leafOf(string.sub(reversed and high or low, 2))
  local found = {}
  while true do
    local leaf = leaves .. name
    local some = reversed and redis.call('ZREVRANGEBYLEX', leaf, high, low, 'LIMIT', 0, wanted - #found)
      or redis.call('ZRANGEBYLEX', leaf, low, high, 'LIMIT', 0, wanted - #found)
    for _, entry in ipairs(some) do found[#found + 1] = entry end
    if #found >= wanted then return found end
    if reversed then
      -- A leaf that begins before the lower bound is the last one.
      if name == '' or #redis.call('ZREVRANGEBYLEX', directory, '[' .. name, low, 'LIMIT', 0, 1) == 0 then return found end
      name = redis.call('ZREVRANGEBYLEX', directory, '(' .. name, '-', 'LIMIT', 0, 1)[1] or ''
    else
      name = redis.call('ZRANGEBYLEX', directory, '(' .. name, high, 'LIMIT', 0, 1)[1]
      if not name then return found end
    end
  end
end
`;
