-- Drives a real Neovim: see the diagnostic, ask the architect, see the buffer changed, undo, see
-- the problems of a file that is not open.
-- Environment: FILE, NAME (the function), RECIPE (the Lua of docs/editors/neovim.md).
-- Writes one JSON object to the file REPORT; exit code 1 on failure.
local report = { version = tostring(vim.version()) }

local function buffer_text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end

local function wait_for(what, condition)
  assert(vim.wait(120000, condition, 20), "waited in vain for " .. what)
end

local function diagnostic_on_name(buffer)
  for _, found in ipairs(vim.diagnostic.get(buffer)) do
    local line = vim.api.nvim_buf_get_lines(buffer, found.lnum, found.lnum + 1, false)[1]
    if line:sub(found.col + 1, found.end_col) == vim.env.NAME then
      return found
    end
  end
end

local function choose(title)
  vim.ui.select = function(items, options, callback)
    report.actions = {}
    local chosen
    for _, item in ipairs(items) do
      local shown = options.format_item(item)
      table.insert(report.actions, shown)
      if shown:find(title, 1, true) then
        chosen = item
      end
    end
    callback(chosen)
  end
  vim.lsp.buf.code_action()
end

local ok, failure = xpcall(function()
  dofile(vim.env.RECIPE)
  vim.cmd("edit " .. vim.fn.fnameescape(vim.env.FILE))
  vim.bo.filetype = "python"
  local buffer = vim.api.nvim_get_current_buf()
  local before = buffer_text(buffer)

  wait_for("the diagnostic", function() return diagnostic_on_name(buffer) end)
  local clients = vim.lsp.get_clients and vim.lsp.get_clients() or vim.lsp.get_active_clients()
  report.encoding = clients[1].offset_encoding
  local found = diagnostic_on_name(buffer)
  report.message, report.source, report.code = found.message, found.source, found.code

  vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
  choose("Ask architect")
  wait_for("the edit", function() return buffer_text(buffer) ~= before end)
  wait_for("the diagnostic to go", function() return not diagnostic_on_name(buffer) end)
  report.after = buffer_text(buffer)

  vim.cmd("silent undo")
  report.undone = buffer_text(buffer) == before
  wait_for("the diagnostic to come back", function() return diagnostic_on_name(buffer) end)

  local closed = vim.fn.fnamemodify(vim.env.FILE, ":h") .. "/closed.py"
  vim.fn.writefile(vim.fn.readfile(vim.env.FILE), closed)
  vim.lsp.buf.execute_command({ command = "architect.checkWorkspace" })
  wait_for("the problems of a closed file", function()
    return #vim.diagnostic.get(vim.uri_to_bufnr(vim.uri_from_fname(closed))) > 0
  end)
end, debug.traceback)

report.failure = not ok and failure or nil
vim.fn.writefile({ vim.fn.json_encode(report) }, vim.env.REPORT)
vim.cmd(ok and "qall!" or "cquit 1")
