/** Reads a chat's tasks from the state of a Flex desktop. A test compares them with Twilio's REST API. */
import type { Page } from '@playwright/test';

/** One of the worker's tasks on a conversation, as Flex has it. */
export interface TaskInFlex {
  readonly taskSid: string;
  /** Status of the worker's reservation, in Flex's words: `pending`, `accepted`, `wrapping`. */
  readonly status: string;
  /** Identities of the conversation's participants; `undefined` until Flex has loaded it. */
  readonly participants: readonly string[] | undefined;
  /** State of the conversation: `active`, `inactive`, `closed`. */
  readonly state: string | undefined;
  /** Tasks of the interaction's agent participants; `undefined` if the task has no interaction. */
  readonly agentTasks: readonly string[] | undefined;
}

/** The part of Flex's global object that this file uses. */
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

/** Returns the worker's tasks on a conversation, in no particular order. */
export function readFlexTasks(page: Page, conversationSid: string): Promise<readonly TaskInFlex[]> {
  return page.evaluate((sid) => {
    const { Flex } = (globalThis as unknown as FlexWindow).Twilio;
    const { tasks } = Flex.Manager.getInstance().store.getState().flex.worker;
    const readTask = async (task: FlexTask): Promise<TaskInFlex> => {
      const conversation = Flex.StateHelper.getConversationStateForTask(task);
      const channelSid = task.attributes.flexInteractionChannelSid;
      const interactionParticipants =
        channelSid === undefined ? undefined : await task.getParticipants(channelSid);
      return {
        taskSid: task.taskSid,
        status: task.status,
        participants:
          conversation && [...conversation.participants.values()].map(({ source }) => source?.identity ?? ''),
        state: conversation?.source?.state?.current,
        agentTasks: interactionParticipants
          ?.filter(({ type }) => type === 'agent')
          .map(({ routingProperties }) => routingProperties?.taskSid ?? ''),
      };
    };
    const tasksOfChat = [...tasks.values()].filter(({ attributes }) =>
      [attributes.channelSid, attributes.conversationSid].includes(sid),
    );
    return Promise.all(tasksOfChat.map(readTask));
  }, conversationSid);
}
