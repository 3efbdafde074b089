/** Kilobytes that the code of `authenticate` may have over the thin transport: it is loaded at every cold start of an admission. */
export const authenticateMostKb = 140;
