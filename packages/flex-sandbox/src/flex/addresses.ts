/**
 * Address configurations of Conversations: what happens to a chat or a text that arrives at an address. In
 * the sandbox, only the auto-creation type `studio` has an effect: it sends the conversation to Flex at once.
 * https://www.twilio.com/docs/conversations/api/address-configuration-resource
 */
import { ApiError, notFound } from '../api-error.js';
import { isoSeconds } from '../clock.js';
import { forAccount } from '../iam/callers.js';
import { buildPage } from '../paging.js';
import { flag, type Handler, list, type Method, type Params, requireText, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';

export interface Address {
  readonly sid: string;
  /** `chat` for webchat, `sms`, `whatsapp`… */
  readonly type: string;
  readonly address: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  friendlyName: string;
  autoCreation: AutoCreation;
}

interface AutoCreation {
  readonly enabled: boolean;
  /** `webhook`, `studio` or `default`. */
  readonly type: string;
  readonly conversationServiceSid: string | null;
  readonly webhookUrl: string | null;
  readonly webhookMethod: string | null;
  readonly webhookFilters: readonly string[] | null;
  readonly studioFlowSid: string | null;
  readonly studioRetryCount: number | null;
}

type NewAddress = Pick<Address, 'type' | 'address' | 'friendlyName'> & {
  readonly autoCreation: Partial<AutoCreation>;
};

export interface Addresses {
  /** Throws 409/20409 (the general code; Twilio documents none) when the address is already configured. */
  create(address: NewAddress): Address;
  /** Finds an address by SID or by its value. Throws 404/20404. */
  find(sidOrAddress: string): Address;
  /** Returns the first address of a type. */
  findByType(type: string): Address | undefined;
}

/** Adds `Configuration/Addresses` to `conversations`. */
export function addAddresses(sandbox: SandboxState): Addresses {
  const addresses = new Map<string, Address>();
  const { clock, sids, account } = sandbox;

  const lookUp = (key: string) =>
    addresses.get(key) ?? [...addresses.values()].find(({ address }) => address === key);
  const find: Addresses['find'] = (key) => {
    const address = lookUp(key);
    if (address === undefined) throw notFound(`/Configuration/Addresses/${key}`);
    return address;
  };
  const create: Addresses['create'] = ({ autoCreation, ...settings }) => {
    if (lookUp(settings.address) !== undefined) {
      throw new ApiError(409, 20409, `The address ${settings.address} is already configured`);
    }
    const nowMs = clock.nowMs();
    const address: Address = {
      sid: sids('IG'),
      ...settings,
      autoCreation: { ...NO_AUTO_CREATION, ...autoCreation },
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    addresses.set(address.sid, address);
    return address;
  };

  const view = (address: Address) => ({
    sid: address.sid,
    account_sid: account.accountSid,
    type: address.type,
    address: address.address,
    friendly_name: address.friendlyName,
    auto_creation: {
      enabled: address.autoCreation.enabled,
      type: address.autoCreation.type,
      conversation_service_sid: address.autoCreation.conversationServiceSid,
      webhook_url: address.autoCreation.webhookUrl,
      webhook_method: address.autoCreation.webhookMethod,
      webhook_filters: address.autoCreation.webhookFilters,
      studio_flow_sid: address.autoCreation.studioFlowSid,
      studio_retry_count: address.autoCreation.studioRetryCount,
    },
    address_country: null,
    date_created: isoSeconds(address.createdAtMs),
    date_updated: isoSeconds(address.updatedAtMs),
    url: `https://conversations.twilio.com/v1/Configuration/Addresses/${address.sid}`,
  });

  const on = (method: Method, path: string, handler: Handler) =>
    sandbox.router.on(method, 'conversations', `/v1/Configuration/Addresses${path}`, forAccount(handler));

  on('GET', '', (request) => {
    const type = text(request.query, 'Type');
    const addressesOfType = [...addresses.values()].filter(
      (address) => type === undefined || address.type === type,
    );
    return buildPage(request, 'address_configurations', addressesOfType, view);
  });
  on('POST', '', ({ body }) => {
    const address = requireText(body, 'Address');
    const type = requireText(body, 'Type');
    const friendlyName = text(body, 'FriendlyName') ?? '';
    const autoCreation = readAutoCreation(body);
    return { status: 201, body: view(create({ type, address, friendlyName, autoCreation })) };
  });
  on('GET', '/:address', ({ segments }) => ({ body: view(find(segments.address ?? '')) }));
  on('POST', '/:address', ({ segments, body }) => {
    const address = find(segments.address ?? '');
    address.friendlyName = text(body, 'FriendlyName') ?? address.friendlyName;
    address.autoCreation = { ...address.autoCreation, ...readAutoCreation(body) };
    address.updatedAtMs = clock.nowMs();
    return { body: view(address) };
  });
  on('DELETE', '/:address', ({ segments }) => {
    addresses.delete(find(segments.address ?? '').sid);
    return { status: 204 };
  });

  return {
    create,
    find,
    findByType: (type) => [...addresses.values()].find((address) => address.type === type),
  };
}

const NO_AUTO_CREATION: AutoCreation = {
  enabled: false,
  type: 'default',
  conversationServiceSid: null,
  webhookUrl: null,
  webhookMethod: null,
  webhookFilters: null,
  studioFlowSid: null,
  studioRetryCount: null,
};

/** Reads the settings that the request contains. */
function readAutoCreation(body: Params): Partial<AutoCreation> {
  const retries = text(body, 'AutoCreation.StudioRetryCount');
  const settings = {
    enabled: flag(body, 'AutoCreation.Enabled'),
    type: text(body, 'AutoCreation.Type'),
    conversationServiceSid: text(body, 'AutoCreation.ConversationServiceSid'),
    webhookUrl: text(body, 'AutoCreation.WebhookUrl'),
    webhookMethod: text(body, 'AutoCreation.WebhookMethod'),
    webhookFilters: list(body, 'AutoCreation.WebhookFilters'),
    studioFlowSid: text(body, 'AutoCreation.StudioFlowSid'),
    studioRetryCount: retries === undefined ? undefined : Number(retries),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
