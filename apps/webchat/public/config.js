// Settings of this installation: replace this file where the page is served; no build is needed.
window.chatTransferConfig = {
  // Where the functions are, without a path: 'https://chat-transfer-1234.twil.io'. Empty: where this page is.
  functionsUrl: '',
};
