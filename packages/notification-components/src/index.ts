export { NoticeLanguageProvider, type NoticeLanguageProviderProps, useNoticeLanguage } from './locale';
export { Notice, type NoticeProps } from './Notice';
export { NOTICE_TOKENS, type NoticeToken } from './theme';
