/** The script of the landing page: sizes and loads the windows, and resets the sandbox. */
import { setUpChoices } from './choice.js';
import { fitFrames, loadWindow } from './frames.js';
import { setUpPanel } from './panel.js';

/**
 * Moves to the host that belongs to the same site as the frames, so that they may store their session. Returns `true`
 * when the page stays: it is at that host, or the browser cannot resolve it.
 */
async function moveToLandingHost(): Promise<boolean> {
  const { host } = document.body.dataset;
  if (host === undefined || location.hostname === host) return true;
  const url = `${location.protocol}//${host}:${location.port}/`;
  try {
    await fetch(`${url}_sandbox/clock`, { mode: 'no-cors' });
  } catch {
    return true;
  }
  location.replace(`${url}${location.hash}`);
  return false;
}

function loadAllWindows(): void {
  for (const window of document.querySelectorAll('.window')) loadWindow(window);
}

function setUpButtons(): void {
  for (const button of document.querySelectorAll('.reload')) {
    button.addEventListener('click', () => {
      const window = button.closest('.window');
      if (window !== null) loadWindow(window);
    });
  }
  const reset = document.querySelector<HTMLButtonElement>('#reset');
  reset?.addEventListener('click', async () => {
    reset.disabled = true;
    await fetch('/_sandbox/reset', { method: 'POST' });
    // The windows show chats and use sessions that the reset has removed.
    loadAllWindows();
    reset.disabled = false;
  });
}

void moveToLandingHost().then((isStaying) => {
  if (!isStaying) return;
  fitFrames();
  setUpButtons();
  setUpChoices();
  setUpPanel();
  loadAllWindows();
});
