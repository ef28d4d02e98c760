/** What a Flex desktop believes of a chat, read out of Flex itself: for comparing it with what Twilio says. */
import type { Page } from '@playwright/test';

/** One of the worker's tasks on a conversation. */
export interface BelievedTask {
  readonly taskSid: string;
  /** Of the worker's reservation, in Flex's words: `pending`, `accepted`, `wrapping`. */
  readonly status: string;
  /** Identities of everybody in the conversation; `undefined` while Flex has not loaded it. */
  readonly participants: readonly string[] | undefined;
  /** Of the conversation: `active`, `inactive`, `closed`. */
  readonly state: string | undefined;
  /** Tasks by which agents take part in the interaction; `undefined` where there is none. */
  readonly agentTasks: readonly string[] | undefined;
}

/** What Flex puts on its page, as far as this reaches for it. */
interface FlexWindow {
  readonly Twilio: {
    readonly Flex: {
      readonly Manager: {
        getInstance(): {
          readonly store: {
            getState(): {
              readonly flex: { readonly worker: { readonly tasks: ReadonlyMap<string, FlexTask> } };
            };
          };
        };
      };
      readonly StateHelper: {
        getConversationStateForTask(task: FlexTask):
          | {
              readonly participants: ReadonlyMap<
                string,
                { readonly source?: { readonly identity: string | null } }
              >;
              readonly source?: { readonly state?: { readonly current: string } };
            }
          | undefined;
      };
    };
  };
}

interface FlexTask {
  readonly taskSid: string;
  readonly status: string;
  readonly attributes: {
    readonly channelSid?: string;
    readonly conversationSid?: string;
    readonly flexInteractionChannelSid?: string;
  };
  getParticipants(channelSid: string): Promise<
    ReadonlyArray<{
      readonly type: string;
      readonly routingProperties?: { readonly taskSid?: string } | null;
    }>
  >;
}

/** The worker's tasks on a conversation, in no order. */
export function readTasks(page: Page, conversationSid: string): Promise<readonly BelievedTask[]> {
  return page.evaluate((sid) => {
    const { Flex } = (globalThis as unknown as FlexWindow).Twilio;
    const { tasks } = Flex.Manager.getInstance().store.getState().flex.worker;
    const believe = async (task: FlexTask): Promise<BelievedTask> => {
      const conversation = Flex.StateHelper.getConversationStateForTask(task);
      const channelSid = task.attributes.flexInteractionChannelSid;
      const ofInteraction = channelSid === undefined ? undefined : await task.getParticipants(channelSid);
      return {
        taskSid: task.taskSid,
        status: task.status,
        participants:
          conversation && [...conversation.participants.values()].map(({ source }) => source?.identity ?? ''),
        state: conversation?.source?.state?.current,
        agentTasks: ofInteraction
          ?.filter(({ type }) => type === 'agent')
          .map(({ routingProperties }) => routingProperties?.taskSid ?? ''),
      };
    };
    const ofChat = [...tasks.values()].filter(({ attributes }) =>
      [attributes.channelSid, attributes.conversationSid].includes(sid),
    );
    return Promise.all(ofChat.map(believe));
  }, conversationSid);
}
