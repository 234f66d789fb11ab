local Inventory = {}

function Inventory.find(items, name)
  for index, item in ipairs(items) do
    if item.name == name and not item.hidden then
      return index
    elseif item.name == nil then
      return nil
    end
  end
  return nil
end

local function clear(items)
  while #items > 0 do
    table.remove(items)
  end
end
