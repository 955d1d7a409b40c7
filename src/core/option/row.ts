// Owns what the table knows of an option, apart from its number.

/** How a value is kept in the kernel. */
export type Form = 'flag' | 'int' | 'linger' | 'timeval' | 'text';

export interface Row {
  readonly form: Form;
}

/** The rows of one level: every option of the interface. */
export type Rows<Options> = { readonly [K in keyof Options]: Row };
