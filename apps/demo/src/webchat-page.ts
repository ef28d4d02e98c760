/**
 * Sets the customer's page up: its `config.js`, which runs before the webchat. The product's own reads no address; this
 * one lets the landing page choose where chats are started, by `?backend=`.
 */

/**
 * Runs in the page, so it can use nothing around it. Each choice is a customer of its own: the chat of one is put aside
 * while the window shows the other.
 */
function configureWebchat(functionsUrl: string): void {
  const backend = new URLSearchParams(location.search).get('backend') ?? undefined;
  Object.assign(window, { chatTransferConfig: { functionsUrl, backend } });

  const [shown, aside] = ['demo shows', 'demo keeps '];
  const before = sessionStorage.getItem(shown) ?? '';
  const now = backend ?? '';
  if (before === now) return;
  const move = (from: string, to: string) => {
    for (const key of Object.keys(sessionStorage).filter((known) => known.startsWith(from))) {
      sessionStorage.setItem(key.replace(from, to), sessionStorage.getItem(key) ?? '');
      sessionStorage.removeItem(key);
    }
  };
  move('chat-transfer.', `${aside}${before} chat-transfer.`);
  move(`${aside}${now} chat-transfer.`, 'chat-transfer.');
  sessionStorage.setItem(shown, now);
}

/** The text of `config.js`. */
export const webchatConfig = (functionsUrl: string): string =>
  `(${configureWebchat})(${JSON.stringify(functionsUrl)});\n`;
