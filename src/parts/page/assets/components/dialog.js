import { useEffect, useRef } from 'preact/hooks';
import { html } from '../html.js';
import { Icon } from './icon.js';

/**
 * A modal window or, with `side`, a sheet at the right edge. The browser's own dialog keeps the focus inside; it goes back to where it came
 * from, or to the content where that is gone.
 * @param {{ title: any, onClose: () => void, children?: any, side?: boolean, wide?: boolean, className?: string }} props
 */
export function Dialog({ title, onClose, children, side = false, wide = false, className = '' }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      // The browser gives the focus back itself only while the dialog is still in the document.
      const back =
        before instanceof HTMLElement && before.isConnected && before !== document.body ? before : document.getElementById('main');
      back?.focus({ preventScroll: true });
    };
  }, []);
  const onCancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  const onClick = (/** @type {MouseEvent} */ event) => {
    if (event.target === element.current) onClose();
  };
  const kind = side ? 'sheet' : wide ? 'dialog wide' : 'dialog';
  return html`<dialog ref=${element} class=${`${kind} ${className}`} onCancel=${onCancel} onClick=${onClick} aria-labelledby="dialog-title">
    <div class="dialog-in">
      <header class="dialog-head">
        <h2 id="dialog-title">${title}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>
      </header>
      ${children}
    </div>
  </dialog>`;
}
