;;; lsp-mode.el --- drives a real Emacs with lsp-mode in batch mode  -*- lexical-binding: t -*-
;; See the diagnostic, ask the architect, see the buffer changed, undo.
;; Environment: FILE, NAME (the function), RECIPE (the Lisp of docs/editors/emacs.md), HOME.
;; Writes one JSON object to the file REPORT.
(require 'package)
(package-initialize)
(require 'lsp-mode)
(require 'lsp-diagnostics)
(require 'json)

(defvar report nil)
(defun note (key value) (push (cons key value) report))
(defun finish (failure)
  (when failure (note 'failure failure))
  (with-temp-file (getenv "REPORT") (insert (json-encode report)))
  (set-buffer-modified-p nil)
  (kill-emacs (if failure 1 0)))

(defun wait-for (what condition)
  (let ((end (+ (float-time) 120)) result)
    (while (and (not (setq result (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05)
      (sit-for 0.01))
    (or result (finish (format "waited in vain for %s" what)))))

(defun text-of (range)
  (let ((beg (lsp--position-to-point (gethash "start" range)))
        (end (lsp--position-to-point (gethash "end" range))))
    (buffer-substring beg end)))

(defun diagnostic-on-name ()
  (lsp--on-idle (current-buffer))
  (seq-find (lambda (found) (equal (getenv "NAME") (text-of (gethash "range" found))))
            (gethash (buffer-file-name) (lsp-diagnostics t))))

(setq lsp-auto-guess-root t
      lsp-enable-file-watchers nil
      lsp-restart 'ignore
      lsp-diagnostics-provider :none
      lsp-enable-snippet nil
      lsp-session-file (expand-file-name "lsp-session" (getenv "HOME"))
      make-backup-files nil
      create-lockfiles nil)
(load (getenv "RECIPE") nil t t)

(condition-case failure
    (progn
      (find-file (getenv "FILE"))
      (python-mode)
      (note 'version emacs-version)
      (lsp-workspace-folders-add (file-name-directory (getenv "FILE")))
      (buffer-enable-undo)
      (lsp)
      (let ((before (buffer-string))
            (found (wait-for "the diagnostic" #'diagnostic-on-name)))
        (note 'message (gethash "message" found))
        (goto-char (lsp--position-to-point (gethash "start" (gethash "range" found))))
        (let ((actions (append (lsp-code-actions-at-point) nil)))
          (note 'actions (vconcat (mapcar (lambda (a) (gethash "title" a)) actions)))
          (undo-boundary)
          (lsp-execute-code-action
           (seq-find (lambda (a) (string-prefix-p "Ask architect" (gethash "title" a))) actions)))
        (wait-for "the edit" (lambda () (not (equal before (buffer-string)))))
        (wait-for "the diagnostic to go" (lambda () (not (diagnostic-on-name))))
        (note 'after (buffer-string))
        (undo-boundary)
        (undo-only 1)
        (note 'undone (if (equal before (buffer-string)) t :json-false))
        (wait-for "the diagnostic to come back" #'diagnostic-on-name))
      (finish nil))
  (error (finish (error-message-string failure))))
