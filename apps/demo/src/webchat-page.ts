/**
 * Builds `config.js`, a script that sets the settings of the customer's page and runs before the webchat. With `?backend=`,
 * the demo's landing page chooses the backend of new chats.
 */

/**
 * Runs in the page, so it uses nothing outside its own body. Each backend has its own chat in sessionStorage. The keys of
 * the chat that the page does not show have a prefix, so that the webchat does not find them.
 */
function configureWebchat(functionsUrl: string): void {
  const backend = new URLSearchParams(location.search).get('backend') ?? undefined;
  Object.assign(window, { chatTransferConfig: { functionsUrl, backend } });

  const shownKey = 'demo shows';
  const previous = sessionStorage.getItem(shownKey) ?? '';
  const current = backend ?? '';
  if (previous === current) return;
  const renameKeys = (from: string, to: string) => {
    for (const key of Object.keys(sessionStorage).filter((candidate) => candidate.startsWith(from))) {
      sessionStorage.setItem(key.replace(from, to), sessionStorage.getItem(key) ?? '');
      sessionStorage.removeItem(key);
    }
  };
  renameKeys('chat-transfer.', `demo keeps ${previous} chat-transfer.`);
  renameKeys(`demo keeps ${current} chat-transfer.`, 'chat-transfer.');
  sessionStorage.setItem(shownKey, current);
}

/** Returns the text of `config.js`. */
export const webchatConfig = (functionsUrl: string): string =>
  `(${configureWebchat})(${JSON.stringify(functionsUrl)});\n`;
