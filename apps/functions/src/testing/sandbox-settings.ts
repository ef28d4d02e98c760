/** The settings of the functions that every test of theirs has in common: those of the sandbox's account. */
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';

/** The one page that may call the functions. */
export const ORIGIN = 'https://flex.example.com';

/** By the functions' names for them; a test adds what it finds in the account. */
export const SANDBOX_SETTINGS = {
  ACCOUNT_SID: SANDBOX_ACCOUNT.accountSid,
  AUTH_TOKEN: SANDBOX_ACCOUNT.authToken,
  TWILIO_API_KEY: SANDBOX_ACCOUNT.apiKeySid,
  TWILIO_API_SECRET: SANDBOX_ACCOUNT.apiKeySecret,
  TWILIO_CHAT_SERVICE_SID: SANDBOX_ACCOUNT.chatServiceSid,
  TWILIO_SYNC_SERVICE_SID: SANDBOX_ACCOUNT.syncServiceSid,
  WEBCHAT_SESSION_SECRET: 'a secret of the tests, long enough',
  ALLOWED_ORIGINS: ORIGIN,
};
