export * from './contract';
export * from './failure';
export * from './notice';
export * from './notice-text';
export * from './public-name';
export * from './sids';
export * from './target';
