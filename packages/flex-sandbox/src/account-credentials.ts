/** SIDs and secrets of the imitated account. They never change, so that `.env` files stay valid. */

export interface AccountCredentials {
  readonly accountSid: string;
  readonly authToken: string;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
  readonly flexInstanceSid: string;
  /** The Chat service and the Conversations service: both APIs read one store. */
  readonly chatServiceSid: string;
  /** The default Sync service. */
  readonly syncServiceSid: string;
}

const numberedSid = (prefix: string, number: number) => prefix + String(number).padStart(32, '0');

/** Public on purpose: these secrets only give access to a sandbox on this machine. */
export const SANDBOX_ACCOUNT: AccountCredentials = {
  accountSid: numberedSid('AC', 1),
  // twilio-run requires 32 letters and digits.
  authToken: 'sandboxauthtoken0000000000000000',
  apiKeySid: numberedSid('SK', 1),
  apiKeySecret: 'sandbox-api-key-secret',
  flexInstanceSid: numberedSid('GO', 1),
  chatServiceSid: numberedSid('IS', 1),
  syncServiceSid: numberedSid('IS', 2),
};
