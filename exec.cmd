@rem `npm start` replaces its shell by node (exec), or a signal sent to npm would end at the shell. cmd.exe has no such word.
@%*
