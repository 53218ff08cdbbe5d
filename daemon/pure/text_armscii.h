// SPDX-License-Identifier: MIT
/* text_armscii: ARMSCII-8 (AST 34.002), the 8-bit charset of Armenian before Unicode, which ICU has not. */
#ifndef DAEMON_PURE_TEXT_ARMSCII_H
#define DAEMON_PURE_TEXT_ARMSCII_H

#include <stdint.h>

#define ARMSCII "ARMSCII-8"

/* The character of a byte; U+FFFD where the charset has none, and for NUL. */
static inline uint32_t text_armscii(uint8_t byte)
{
    static const uint16_t signs[] = {
        0xa0, 0xfffd, 0x587, 0x589, ')',   '(',    0xbb,  0xab,  0x2014, /* 0xa0 .. 0xa8 */
        '.',  0x55d,  ',',   '-',   0x58a, 0x2026, 0x55c, 0x55b, 0x55e,  /* 0xa9 .. 0xb1 */
    };
    if (byte < 0xa0)
        return byte == 0 ? 0xfffd : byte;
    if (byte < 0xb2)
        return signs[byte - 0xa0];
    if (byte < 0xfe) // the 38 letters in their order, each as capital and small letter
        return (byte % 2 == 0 ? 0x531u : 0x561u) + (byte - 0xb2u) / 2;
    return byte == 0xfe ? 0x55a : 0xfffd;
}

#endif
