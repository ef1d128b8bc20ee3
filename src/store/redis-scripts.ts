import { INDEX_FUNCTIONS } from './redis-index-script.ts';

/**
 * The two scripts of the Redis store; each runs without interruption.
 *
 * Keys, all behind a prefix with a hash tag, so that they live in one slot:
 * `doc:<place in hex>` the version (16 digits) and the packed document; `due:<collection>` a sorted set of ids by due time;
 * `sequence` the last version given; `schema` the version of what documents look like; and those of the index.
 */
export const DOCUMENT_FUNCTIONS = `
local function docKey(place) return prefix .. 'doc:' .. place end

-- '' when there is none, nil when it is none that a script has written.
local function versionOf(place)
  local version = redis.pcall('GETRANGE', docKey(place), 0, 15)
  if type(version) == 'table' or (version ~= '' and not string.find(version, '^%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d$')) then return nil end
  return version
end
`;

/**
 * ARGV: the schema version of the caller, '1' when the epoch is not checked, the place of the epoch, then for each write: place, id, expected
 * version ('': absent), '1' when something is written, the packed document, collection, due ('': none), entries to remove, entries to add.
 * @returns 'ok' and the versions ('': removed) | 'conflict', id | 'suspect' | 'schema' and the version that stands ('': none) |
 * 'unreadable' and which write, from 1: its document is there, but not as this script writes it
 */
export const COMMIT_SCRIPT = `${INDEX_FUNCTIONS}${DOCUMENT_FUNCTIONS}
local mine, unchecked, epochPlace = ARGV[1], ARGV[2] == '1', ARGV[3]
local FIRST, FIELDS = 4, 9
local schema = redis.call('GET', prefix .. 'schema')
if not unchecked then
  -- Written as text: version, a zero, the id and the index in a line each.
  local text = redis.pcall('GET', docKey(epochPlace))
  local json = type(text) == 'string' and string.match(text, '^%d+%z[^\\n]*\\n[^\\n]*\\n(.*)$')
  local read, epoch = pcall(cjson.decode, json or 'null')
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  if not read or type(epoch) ~= 'table' or epoch.identity ~= run then return {'suspect'} end
  if schema ~= mine then return {'schema', schema or ''} end
elseif schema and tonumber(schema) > tonumber(mine) then
  return {'schema', schema}
end

-- Before anything is written: an error in a script does not undo what was written before it.
for at = FIRST, #ARGV, FIELDS do
  local version = versionOf(ARGV[at])
  if not version then return {'unreadable', tostring((at - FIRST) / FIELDS + 1)} end
  if version ~= ARGV[at + 2] then return {'conflict', ARGV[at + 1]} end
end

-- Versions begin at the time in microseconds: one that was read before the store was emptied matches nothing written after it.
local time = redis.call('TIME')
local sequence = math.max(tonumber(redis.call('GET', prefix .. 'sequence') or '0') + 1, time[1] * 1000000 + time[2])
local version = string.format('%016.0f', sequence)
redis.call('SET', prefix .. 'sequence', version)

if schema ~= mine then redis.call('SET', prefix .. 'schema', mine) end
local answer = {'ok'}
for at = FIRST, #ARGV, FIELDS do
  local place, id, put, packed = ARGV[at], ARGV[at + 1], ARGV[at + 3] == '1', ARGV[at + 4]
  local dueKey, due = prefix .. 'due:' .. ARGV[at + 5], ARGV[at + 6]
  eachEntry(ARGV[at + 7], removeEntry)
  eachEntry(ARGV[at + 8], addEntry)
  if put then
    redis.call('SET', docKey(place), version .. packed)
    answer[#answer + 1] = version
  else
    redis.call('DEL', docKey(place))
    answer[#answer + 1] = ''
  end
  if due == '' then redis.call('ZREM', dueKey, id) else redis.call('ZADD', dueKey, due, id) end
end
return answer
`;

/**
 * ARGV: 'newest' or 'oldest', the time that the page begins at or after (7 bytes; '': from the start), '1' when it begins after all documents of
 * that time, entries to examine, documents wanted beside those of that time, terms.
 * @returns the time up to which entries were examined ('': to the end), then the time, the key and the value of each document; a value that is
 * none is ''. Of each time that it examines it gives all documents.
 */
export const PAGE_SCRIPT = `${INDEX_FUNCTIONS}${DOCUMENT_FUNCTIONS}
local reversed, after, done, window, limit = ARGV[1] == 'newest', ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), tonumber(ARGV[5])
local rarest, smallest = nil, nil
local others = {}
for i = 6, #ARGV do
  local size = countOf(ARGV[i])
  if rarest == nil or size < smallest then
    if rarest then others[#others + 1] = rarest end
    rarest, smallest = ARGV[i], size
  else
    others[#others + 1] = ARGV[i]
  end
end

local entries = {}
local function take(low, high, wanted)
  for _, entry in ipairs(range(low, high, reversed, wanted)) do entries[#entries + 1] = entry end
end
local first, last = '[' .. rarest, '[' .. rarest .. BEYOND
if after ~= '' then
  local from, to = rarest .. after, rarest .. after .. BEYOND
  if not done then take('[' .. from, '[' .. to, ALL) end
  if reversed then last = '(' .. from else first = '(' .. to end
end
local again = #entries
take(first, last, window)
local goesOn = #entries - again >= window
if goesOn then
  local entry = entries[#entries]
  local from, to = string.sub(entry, 1, 15), string.sub(entry, 1, 15) .. BEYOND
  if reversed then take('[' .. from, '(' .. entry, ALL) else take('(' .. entry, '[' .. to, ALL) end
end

local HEX = {}
for byte = 0, 255 do HEX[string.char(byte)] = string.format('%02x', byte) end

local answer = {''}
local found, time = 0, nil
for i, entry in ipairs(entries) do
  local at = string.sub(entry, 9, 15)
  if found >= limit and at ~= time then
    goesOn = true
    break
  end
  time = at
  local all = true
  for _, term in ipairs(others) do
    if not hasEntry(term .. string.sub(entry, 9)) then all = false break end
  end
  local key = all and docKey((string.gsub(string.sub(entry, 16), '.', HEX)))
  local value = key and redis.pcall('GET', key)
  if value then
    if i > again then found = found + 1 end
    answer[#answer + 1] = at
    answer[#answer + 1] = key
    answer[#answer + 1] = type(value) == 'string' and value or ''
  end
end
if goesOn then answer[1] = time end
return answer
`;
