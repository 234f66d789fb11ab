;;; eglot.el --- drives a real Emacs with eglot in batch mode  -*- lexical-binding: t -*-
;; See the diagnostic, ask the architect, see the buffer changed, undo.
;; Environment: FILE, NAME (the function), RECIPE (the Lisp of docs/editors/emacs.md).
;; Writes one JSON object to the file REPORT.
(require 'package)
(package-initialize)
(require 'eglot)
(require 'flymake)
(require 'json)

(defvar report nil)
(defun note (key value) (push (cons key value) report))
(defun finish (failure)
  (when failure (note 'failure failure))
  (with-temp-file (getenv "REPORT") (insert (json-encode report)))
  (set-buffer-modified-p nil)
  (ignore-errors (eglot-shutdown (eglot-current-server)))
  (kill-emacs (if failure 1 0)))

(defun wait-for (what condition)
  (let ((end (+ (float-time) 120)) result)
    (while (and (not (setq result (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (or result (finish (format "waited in vain for %s" what)))))

;; Idle timers do not run in batch mode: say what changed, and look again, by hand.
(defun diagnostic-on-name ()
  (eglot--signal-textDocument/didChange)
  (flymake-start)
  (seq-find (lambda (found)
              (equal (getenv "NAME")
                     (buffer-substring (flymake-diagnostic-beg found)
                                       (flymake-diagnostic-end found))))
            (flymake-diagnostics)))

(setq eglot-sync-connect 120
      eglot-autoshutdown t
      eglot-send-changes-idle-time 0
      eglot-confirm-server-initiated-edits nil
      eglot-events-buffer-size 0
      flymake-no-changes-timeout nil
      make-backup-files nil
      create-lockfiles nil
      last-nonmenu-event ?x)
(advice-add 'y-or-n-p :override (lambda (&rest _) t))
(advice-add 'completing-read :override
            (lambda (_prompt collection &rest _)
              (let ((titles (all-completions "" collection)))
                (note 'actions (vconcat titles))
                (seq-find (lambda (title) (string-prefix-p "Ask architect" title)) titles))))
(load (getenv "RECIPE") nil t t)
(add-hook 'project-find-functions (lambda (folder) (cons 'transient folder)))

(condition-case failure
    (progn
      (find-file (getenv "FILE"))
      (python-mode)
      (note 'version emacs-version)
      (apply #'eglot (eglot--guess-contact))
      (unless flymake-mode (flymake-mode 1))
      (buffer-enable-undo)
      (let ((before (buffer-string))
            (found (wait-for "the diagnostic" #'diagnostic-on-name)))
        (note 'message (flymake-diagnostic-text found))
        (goto-char (flymake-diagnostic-beg found))
        (undo-boundary)
        (call-interactively #'eglot-code-actions)
        (wait-for "the edit" (lambda () (not (equal before (buffer-string)))))
        (wait-for "the diagnostic to go" (lambda () (not (diagnostic-on-name))))
        (note 'after (buffer-string))
        (undo-boundary)
        (undo-only 1)
        (note 'undone (if (equal before (buffer-string)) t :json-false))
        (wait-for "the diagnostic to come back" #'diagnostic-on-name))
      (finish nil))
  (error (finish (error-message-string failure))))
