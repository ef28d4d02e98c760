/**
 * Sizes and loads the windows. A Flex desktop keeps its minimum width and is scaled down, so that two
 * desktops and the customer's window fit on one screen.
 */

/** Below this width, the columns of Flex's agent desktop overlap. */
const FLEX_WIDTH_PX = 700;

/** Scales the Flex desktops at once and after every change of their size. */
export function fitFrames(): void {
  const desktops = document.querySelectorAll<HTMLElement>('.is-flex .frame');
  document.documentElement.style.setProperty('--desktops', String(desktops.length));
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) fitFrame(target);
  });
  for (const frame of desktops) observer.observe(frame);
}

/** `zoom` lays the document out at the full width and stays sharp, unlike a CSS transform. */
function fitFrame(frame: Element): void {
  const iframe = frame.querySelector('iframe');
  iframe?.style.setProperty('zoom', String(Math.min(1, frame.clientWidth / FLEX_WIDTH_PX)));
}

/** Loads or reloads a window. Its document has another origin, so a reload must set the URL again. */
export function loadWindow(windowElement: Element): void {
  const iframe = windowElement.querySelector('iframe');
  if (iframe?.dataset.url !== undefined) iframe.src = iframe.dataset.url;
}
