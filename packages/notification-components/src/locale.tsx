/** The reader's language. A host page sets it with one provider around all its notices. */
import { DEFAULT_LANGUAGE, type NoticeLanguage } from '@chat-transfer/transfer-core';
import { createContext, type ReactElement, type ReactNode, useContext } from 'react';

const LanguageContext = createContext<NoticeLanguage>(DEFAULT_LANGUAGE);

export interface NoticeLanguageProviderProps {
  readonly language: NoticeLanguage;
  readonly children?: ReactNode;
}

export function NoticeLanguageProvider({ language, children }: NoticeLanguageProviderProps): ReactElement {
  return <LanguageContext.Provider value={language}>{children}</LanguageContext.Provider>;
}

/** Returns the reader's language, or the default language outside a provider. */
export function useNoticeLanguage(): NoticeLanguage {
  return useContext(LanguageContext);
}
