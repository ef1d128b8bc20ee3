/**
 * The two scripts of the Redis store; each runs without interruption.
 *
 * Keys, all behind a prefix with a hash tag, so that they live in one slot:
 * `doc:<length of collection>:<collection>:<id>` a hash with json, version, at, terms (packed);
 * `term:<length of collection>:<collection>:<term>` a sorted set of documents, all of score 0 and therefore sorted by
 * member, which is `at` in 16 digits and then the id: a place in it is exact however many documents share one `at`;
 * `due:<collection>` a sorted set of ids by due time; `sequence` the last version given; `schema` the version of what documents look like.
 */
const NAMES = `
local prefix = KEYS[1]
local function docKey(collection, id) return prefix .. 'doc:' .. #collection .. ':' .. collection .. ':' .. id end
local function termKey(collection, term) return prefix .. 'term:' .. #collection .. ':' .. collection .. ':' .. term end
`;

/**
 * ARGV: the schema version of the caller, '1' when the epoch is not checked, number of writes, then for each: collection, id, expected version ('': absent),
 * '1' when something is written; if so: json, at (16 digits), due ('': none), number of terms, terms.
 * @returns 'ok' and the versions ('': removed) | 'conflict', id | 'suspect' | 'schema' and the version that stands ('': none) |
 * 'unreadable' and which write, from 1: its document is there, but not as this script writes it
 */
export const COMMIT_SCRIPT = `${NAMES}
local position = 0
local function take()
  position = position + 1
  return ARGV[position]
end

local mine = take()
local unchecked = take() == '1'
local schema = redis.call('GET', prefix .. 'schema')
if not unchecked then
  local json = redis.pcall('HGET', docKey('epoch', 'epoch'), 'json')
  if type(json) ~= 'string' then json = nil end
  local read, epoch = pcall(cjson.decode, json or 'null')
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  if not read or type(epoch) ~= 'table' or epoch.identity ~= run then return {'suspect'} end
  if schema ~= mine then return {'schema', schema or ''} end
elseif schema and tonumber(schema) > tonumber(mine) then
  return {'schema', schema}
end

local writes = {}
for i = 1, tonumber(take()) do
  local write = { collection = take(), id = take(), expected = take(), put = take() == '1' }
  if write.put then
    write.json, write.at, write.due, write.terms = take(), take(), take(), {}
    for t = 1, tonumber(take()) do write.terms[t] = take() end
  end
  write.key = docKey(write.collection, write.id)
  local was = redis.pcall('HMGET', write.key, 'version', 'at', 'terms')
  if was.err or (not was[1] and (was[2] or was[3])) then return {'unreadable', tostring(i)} end
  if (was[1] or '') ~= write.expected then return {'conflict', write.id} end
  write.wasAt = was[2]
  -- Before anything is written: an error in a script does not undo what was written before it.
  if was[2] then
    local unpacked, terms = pcall(cmsgpack.unpack, was[3])
    if not unpacked or type(terms) ~= 'table' then return {'unreadable', tostring(i)} end
    for _, term in ipairs(terms) do
      if type(term) ~= 'string' then return {'unreadable', tostring(i)} end
    end
    write.wasTerms = terms
  end
  writes[i] = write
end

-- Versions begin at the time in microseconds: one that was read before the store was emptied matches nothing written after it.
local time = redis.call('TIME')
local sequence = math.max(tonumber(redis.call('GET', prefix .. 'sequence') or '0') + 1, time[1] * 1000000 + time[2])
local version = string.format('%.0f', sequence)
redis.call('SET', prefix .. 'sequence', version)

if schema ~= mine then redis.call('SET', prefix .. 'schema', mine) end
local answer = {'ok'}
for i, write in ipairs(writes) do
  local stays, kept = {}, {}
  if write.put and write.at == write.wasAt then
    for _, term in ipairs(write.terms) do stays[term] = true end
  end
  if write.wasAt then
    for _, term in ipairs(write.wasTerms) do
      if stays[term] then
        kept[term] = true
      else
        redis.call('ZREM', termKey(write.collection, term), write.wasAt .. write.id)
      end
    end
  end
  local dueKey = prefix .. 'due:' .. write.collection
  redis.call('ZREM', dueKey, write.id)
  if write.put then
    redis.call('HSET', write.key, 'json', write.json, 'version', version, 'at', write.at, 'terms', cmsgpack.pack(write.terms))
    for _, term in ipairs(write.terms) do
      if not kept[term] then redis.call('ZADD', termKey(write.collection, term), 0, write.at .. write.id) end
    end
    if write.due ~= '' then redis.call('ZADD', dueKey, write.due, write.id) end
    answer[i + 1] = version
  else
    redis.call('DEL', write.key)
    answer[i + 1] = ''
  end
end
return answer
`;

/**
 * ARGV: collection, 'newest' or 'oldest', after which member ('': from the start), entries to examine, documents wanted, terms.
 * @returns the member that the next page begins after ('': the end), then id, version and json of each document ('': it has none)
 */
export const PAGE_SCRIPT = `${NAMES}
local collection, order, after, window, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local rarest, smallest = nil, nil
local others = {}
for i = 6, #ARGV do
  local key = termKey(collection, ARGV[i])
  local size = redis.call('ZCARD', key)
  if rarest == nil or size < smallest then
    if rarest then others[#others + 1] = rarest end
    rarest, smallest = key, size
  else
    others[#others + 1] = key
  end
end

local members
if order == 'newest' then
  members = redis.call('ZREVRANGEBYLEX', rarest, after == '' and '+' or '(' .. after, '-', 'LIMIT', 0, window)
else
  members = redis.call('ZRANGEBYLEX', rarest, after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, window)
end

local answer = {''}
local examined, found = 0, 0
for _, member in ipairs(members) do
  if found == limit then break end
  examined = examined + 1
  local all = true
  for _, key in ipairs(others) do
    if not redis.call('ZSCORE', key, member) then all = false break end
  end
  local id = string.sub(member, 17)
  local doc = all and redis.pcall('HMGET', docKey(collection, id), 'version', 'json')
  if doc and (doc.err or doc[1] or doc[2]) then
    found = found + 1
    answer[#answer + 1] = id
    answer[#answer + 1] = doc[1] or ''
    answer[#answer + 1] = doc[2] or ''
  end
end
if examined < #members or #members == window then answer[1] = members[examined] end
return answer
`;
