/** The script of the landing page: sizes and loads the windows, and resets the sandbox. */
import { setUpChoices } from './choice.js';
import { fitFrames, loadWindow } from './frames.js';
import { setUpPanel } from './panel.js';

/**
 * Moves to the host of the frames' site, so that the browser lets the frames store their sessions. Returns
 * `true` when the page stays, because it is at that host or the browser cannot reach the host.
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
  for (const windowElement of document.querySelectorAll('.window')) loadWindow(windowElement);
}

function setUpButtons(): void {
  for (const button of document.querySelectorAll('.reload')) {
    button.addEventListener('click', () => {
      const windowElement = button.closest('.window');
      if (windowElement !== null) loadWindow(windowElement);
    });
  }
  const resetButton = document.querySelector<HTMLButtonElement>('#reset');
  resetButton?.addEventListener('click', async () => {
    resetButton.disabled = true;
    try {
      await fetch('/_sandbox/reset', { method: 'POST' });
      // The windows show chats and use sessions that the reset removed.
      loadAllWindows();
    } finally {
      resetButton.disabled = false;
    }
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
