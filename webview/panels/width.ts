/** Layouts by the width that a panel's body has, not the window's. */

/** Keeps `data-width` of an element at wide, medium or narrow, which style.css asks for. */
export function createWidthObserver(body: HTMLElement): void {
  new ResizeObserver(() => {
    const width = body.clientWidth;
    body.dataset.width = width >= 1080 ? 'wide' : width >= 680 ? 'medium' : 'narrow';
  }).observe(body);
}
