// The settings of this installation. Replace this file on the web server; no build is needed.
window.chatTransferConfig = {
  // The address of the functions, without a path: 'https://chat-transfer-1234.twil.io'. Empty: this origin.
  functionsUrl: '',
  // Where to start chats: 'conversations' or 'programmable-chat'. Without it, the functions choose.
  // backend: 'conversations',
};
