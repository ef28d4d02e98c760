/**
 * The Studio flow behind an address, cut down to its last widget, Send to Flex: a conversation that came in becomes an
 * interaction with a task for the agents. Which attributes the widget gives the task is assumed from tasks of Flex.
 */
import type { Address } from './addresses.js';
import type { Interactions } from './interactions/interactions.js';

/** Where the flow sends the task. */
export interface SendToFlexSettings {
  readonly workspaceSid: string;
  readonly workflowSid: string;
}

interface IncomingConversation {
  readonly conversationSid: string;
  /** `web`, `sms`, `whatsapp`… */
  readonly channelType: string;
  readonly customer: {
    readonly name: string;
    /** Their identity, or the address they text from. */
    readonly address: string;
  };
  /** More attributes of the task. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export type SendToFlex = (address: Address, incoming: IncomingConversation) => void;

/** The answer does nothing for an address that leads elsewhere. */
export function createSendToFlex(interactions: Interactions, settings: SendToFlexSettings): SendToFlex {
  return ({ autoCreation }, { conversationSid, channelType, customer, attributes }) => {
    if (!autoCreation.enabled || autoCreation.type !== 'studio') return;
    interactions.start({
      channel: {
        type: channelType,
        initiated_by: 'customer',
        properties: { media_channel_sid: conversationSid },
      },
      routing: {
        properties: {
          workspace_sid: settings.workspaceSid,
          workflow_sid: settings.workflowSid,
          task_channel_unique_name: 'chat',
          attributes: {
            ...attributes,
            from: customer.name,
            name: customer.name,
            customerName: customer.name,
            customerAddress: customer.address,
          },
        },
      },
    });
  };
}
