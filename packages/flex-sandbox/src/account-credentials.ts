/** The one Twilio account the sandbox plays. Its identifiers never change, so a `.env` made once stays good. */

export interface AccountCredentials {
  readonly accountSid: string;
  readonly authToken: string;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
  readonly flexInstanceSid: string;
  /** Chat service, and Conversations service: the same store. */
  readonly chatServiceSid: string;
  /** Sync's default service. */
  readonly syncServiceSid: string;
}

const numberedSid = (prefix: string, number: number) => prefix + String(number).padStart(32, '0');

/** Public on purpose: these open nothing but a sandbox on this machine. */
export const SANDBOX_ACCOUNT: AccountCredentials = {
  accountSid: numberedSid('AC', 1),
  // 32 letters and digits, as twilio-run insists.
  authToken: 'sandboxauthtoken0000000000000000',
  apiKeySid: numberedSid('SK', 1),
  apiKeySecret: 'sandbox-api-key-secret',
  flexInstanceSid: numberedSid('GO', 1),
  chatServiceSid: numberedSid('IS', 1),
  syncServiceSid: numberedSid('IS', 2),
};
