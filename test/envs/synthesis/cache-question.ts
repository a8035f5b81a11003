/** The question that writers of the shared cache ask and its test asks again; the ordinal of the sample tells the answers apart. */
export const question = (sample: number) =>
  ({ system: '', user: 'why', temperature: 0, effort: 'none', schema: null, maxTokens: 9, sample }) as const;

/** Questions asked. */
export const QUESTIONS = 60;
