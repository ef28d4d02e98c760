/**
 * Fits the windows into the page: a Flex desktop is laid out at the width it is made for and shown smaller, so that
 * two of them and the customer fit on one screen and stay usable.
 */

/** Flex's agent desktop needs this much before its columns start to overlap. */
const FLEX_WIDTH_PX = 700;

export function fitFrames(): void {
  const desktops = document.querySelectorAll<HTMLElement>('.is-flex .frame');
  document.documentElement.style.setProperty('--desktops', String(desktops.length));
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) fitFrame(target);
  });
  for (const frame of desktops) resized.observe(frame);
}

/** `zoom` lays the document out at its own width and draws it sharply, unlike a scaled picture of it. */
function fitFrame(frame: Element): void {
  const window = frame.querySelector('iframe');
  window?.style.setProperty('zoom', String(Math.min(1, frame.clientWidth / FLEX_WIDTH_PX)));
}

/** Loads a window, or loads it anew. Its document is on another origin, so only its address can be set. */
export function loadWindow(window: Element): void {
  const frame = window.querySelector('iframe');
  if (frame?.dataset.address !== undefined) frame.src = frame.dataset.address;
}
