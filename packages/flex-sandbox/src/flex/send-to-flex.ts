/**
 * The Studio flow of an address, reduced to its last widget, Send to Flex. It starts an interaction with a
 * task for an incoming conversation. The task attributes that the widget sets are assumed from tasks in Flex.
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
    /** Their identity, or the address that their texts come from. */
    readonly address: string;
  };
  /** Additional task attributes. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export type SendToFlex = (address: Address, incoming: IncomingConversation) => void;

/** The returned function ignores an address whose auto-creation is off or is not `studio`. */
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
