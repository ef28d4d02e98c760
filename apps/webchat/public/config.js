// Settings of this installation: replace this file where the page is served; no build is needed.
window.chatTransferConfig = {
  // Where the functions are, without a path: 'https://chat-transfer-1234.twil.io'. Empty: where this page is.
  functionsUrl: '',
  // Where chats are started: 'conversations' or 'programmable-chat'. Left out: as the functions choose.
  // backend: 'conversations',
};
