// The settings of this installation. Replace this file on the web server; no build is needed.
window.chatTransferConfig = {
  // The URL of the functions, such as 'https://chat-transfer-1234.twil.io'. Empty: the origin of this page.
  functionsUrl: '',
  // The backend for new chats: 'conversations' or 'programmable-chat'. If it is not set, the functions choose.
  // backend: 'conversations',
};
