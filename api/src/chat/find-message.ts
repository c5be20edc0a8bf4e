/**
 * Lua that a script puts before its own text: `find_message(streams, id, place)` looks for a message in the history and the
 * kept events and returns it as a table, or nil. Its place alone would not do: it may be another one's in a new epoch.
 */
export const FIND_MESSAGE_LUA = `
local function find_message(streams, id, place)
  for _, stream in ipairs(streams) do
    local entry = redis.call('XRANGE', stream, place, place)[1]
    local fields = entry and entry[2] or {}
    for i = 1, #fields, 2 do
      local message = fields[i] == 'body' and cjson.decode(fields[i + 1])
      if message and message.id == id and message.author then return message end
    end
  end
end
`;
