" Drives a real Vim with ALE: see the diagnostic, ask the architect, take its suggestion, undo.
" Environment: FILE, NAME (the function), RECIPE (the Vim script of docs/editors/vim.md), REPORT
" (the file to write one JSON object to). Steps run from a timer, so that Vim's own events fire.
set nocompatible nomore hidden noswapfile shortmess+=AIF
filetype plugin on
let g:ale_lint_delay = 20
source $RECIPE

let s:report = {'version': string(v:version)}
let s:waited = 0

func! s:Finish(failure)
  if !empty(a:failure) | let s:report.failure = a:failure | endif
  call writefile([json_encode(s:report)], $REPORT)
  if empty(a:failure) | qa! | else | cquit! | endif
endfunc

func! s:Text()
  return join(getline(1, '$'), "\n")
endfunc

func! s:OnName()
  for found in ale#engine#GetLoclist(bufnr('%'))
    if strpart(getline(found.lnum), found.col - 1, found.end_col - found.col + 1) is# $NAME
      return found
    endif
  endfor
  return {}
endfunc

" The menu of ALECodeAction, and the person who chooses the line that starts with s:wanted.
func! s:Choose(message, value, ...)
  let s:report.actions += map(split(a:message, "\n"), {_, line -> substitute(line, '^\d\+) ', '', '')})
  return matchstr(a:message, '\d\+\ze) ' . s:wanted)
endfunc

func! s:Ask(wanted)
  let s:wanted = a:wanted
  let s:report.actions = []
  exe 'func! ale#util#Input(message, value, ...)' . "\n" . 'return s:Choose(a:message, a:value)' . "\nendfunc"
  let found = s:OnName()
  call cursor(found.lnum, found.col)
  ALECodeAction
endfunc

func! s:Open()
  exe 'edit ' . fnameescape($FILE)
  set filetype=python
  let s:before = s:Text()
endfunc

func! s:Simplify()
  let s:report.message = s:OnName().text
  call s:Ask('Ask architect')
endfunc

" ALE shows what the server says in a window of its own.
func! s:Offered()
  for buffer in getbufinfo()
    if getbufvar(buffer.bufnr, '&filetype') is# 'ale-preview.message'
      return join(getbufline(buffer.bufnr, 1, '$')) =~# 'Apply suggestion'
    endif
  endfor
  return 0
endfunc

func! s:Take()
  let s:asked = s:report.actions
  call s:Ask('Apply suggestion')
endfunc

func! s:Undo()
  let s:report.after = s:Text()
  let s:report.actions = s:asked
  silent undo
  let s:report.undone = s:Text() is# s:before ? v:true : v:false
endfunc

let s:steps = [
      \ ['the start', {-> 1}, function('s:Open')],
      \ ['the diagnostic', {-> !empty(s:OnName())}, function('s:Simplify')],
      \ ['the suggestion', function('s:Offered'), function('s:Take')],
      \ ['the edit', {-> s:Text() isnot# s:before}, {-> 1}],
      \ ['the diagnostic to go', {-> empty(s:OnName())}, function('s:Undo')],
      \ ['the diagnostic to come back', {-> !empty(s:OnName())}, {-> s:Finish('')}],
      \ ]

func! s:Step(timer)
  try
    let [what, Condition, Action] = s:steps[0]
    let s:waited += 1
    if s:waited > 2400
      call s:Finish('waited in vain for ' . what . ': ' . execute('messages'))
    elseif Condition()
      let s:waited = 0
      call remove(s:steps, 0)
      call Action()
    endif
    " TextChanged fires when Vim waits for the next key: press one that does nothing.
    call feedkeys("\<Ignore>", 'n')
  catch
    call s:Finish(v:exception . ' at ' . v:throwpoint)
  endtry
endfunc

autocmd VimEnter * call timer_start(50, function('s:Step'), {'repeat': -1})
