-- Drives the language server as neovim does: opens a file, asks, edits, and writes down what came back.
local server, file, output = vim.env.CLIENT_SERVER, vim.env.CLIENT_FILE, vim.env.CLIENT_OUTPUT
local wait = 60000
local results = {}

local function position(part, move)
  for line, text in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = text:find(part, 1, true)
    if column then return { line = line - 1, character = column - 1 + (move or 0) } end
  end
  error('there is no ' .. part)
end

local function ask(method, params)
  params.textDocument = { uri = vim.uri_from_bufnr(0) }
  local answers = vim.lsp.buf_request_sync(0, method, params, wait)
  for _, answer in pairs(answers or {}) do
    if answer.error then error(method .. ': ' .. answer.error.message) end
    return answer.result
  end
  error(method .. ' was not answered')
end

local function messages()
  return vim.tbl_map(function(each) return each.message end, vim.diagnostic.get(0))
end

local function run()
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  vim.bo.filetype = 'twin'
  local client = vim.lsp.start_client({
    name = 'pollux',
    cmd = { vim.env.CLIENT_NODE, server, '--stdio' },
    root_dir = vim.fn.fnamemodify(file, ':h'),
  })
  vim.lsp.buf_attach_client(0, client)
  vim.wait(wait, function() return #vim.diagnostic.get(0) > 0 end, 20)
  results.diagnostics = messages()
  -- Mended as one types, the finding goes.
  local at = position('6 kj/K')
  vim.api.nvim_buf_set_text(0, at.line, at.character, at.line, at.character + 6, { '6 kJ/K' })
  vim.wait(wait, function() return #vim.diagnostic.get(0) == 0 end, 20)
  results.mended = messages()

  local hover = ask('textDocument/hover', { position = position('heatLoss') })
  results.hover = hover and hover.contents.value
  local completion = ask('textDocument/completion', { position = position('heatLoss) /', 0) })
  results.completion = vim.tbl_map(function(each) return each.label end, completion.items)
  local edit = ask('textDocument/rename', { position = position('heatLoss'), newName = 'lost' })
  vim.lsp.util.apply_workspace_edit(edit, 'utf-16')
  local edits = ask('textDocument/formatting', { options = { tabSize = 2, insertSpaces = true } })
  vim.lsp.util.apply_text_edits(edits, vim.api.nvim_get_current_buf(), 'utf-16')
  results.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  vim.lsp.stop_client(client)
end

local ok, problem = pcall(run)
if not ok then results.problem = tostring(problem) end
vim.fn.writefile({ vim.fn.json_encode(results) }, output)
vim.cmd('qall!')
