// Numbers and frames on a connection.

/** A number of a fixed size, signed (`i`), unsigned (`u`) or floating (`f`, IEEE 754); big-endian unless it ends with `le`. */
export type NumType = 'i8' | 'u8' | `${'i' | 'u'}${16 | 32 | 64}${'' | 'le'}` | `f${32 | 64}${'' | 'le'}`;

/** What a number of the type is in JavaScript: 64-bit integers are `bigint`. */
export type NumOf<T extends NumType> = T extends `${'i' | 'u'}64${string}` ? bigint : number;
