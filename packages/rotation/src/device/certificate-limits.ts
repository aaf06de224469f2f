/** Characters of PEM, and text around it, that are taken: a certificate has some 2,000, and the journal carries it. */
export const certificateMaxLength = 16_384
