// SPDX-License-Identifier: MIT
/* identity: see identity.h. The ids of a store outlive this program: tests/test_identity.c pins them to
 * vectors made by another implementation. */
#include "daemon/pure/identity.h"

#include <sodium.h>
#include <string.h>

void identity_begin(void)
{
    // That there are no random numbers is none of our business.
    if (sodium_init() < 0)
        return;
}

void identity_digest(const void *p, size_t n, uint8_t out[IDENTITY_DIGEST])
{
    // Fails only for sizes out of range.
    crypto_generichash(out, IDENTITY_DIGEST, p, n, NULL, 0);
}

/* The length in front keeps ("ab", "c") and ("a", "bc") apart. */
static void add(crypto_generichash_state *state, const char *p, size_t n)
{
    uint8_t length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)((uint64_t)n >> 8 * i);
    crypto_generichash_update(state, length, sizeof length);
    crypto_generichash_update(state, (const uint8_t *)p, n);
}

void identity_dispatch(const char *agency, const char *date, const char *folded, size_t n,
                       uint8_t out[NEWSWIRE_ID_LEN])
{
    crypto_generichash_state state;
    agency = agency != NULL ? agency : "";
    date = date != NULL ? date : "";
    out[0] = IDENTITY_SCHEME;
    crypto_generichash_init(&state, NULL, 0, NEWSWIRE_ID_LEN - 1);
    add(&state, agency, strlen(agency));
    add(&state, date, strlen(date));
    add(&state, folded != NULL ? folded : "", folded != NULL ? n : 0);
    crypto_generichash_final(&state, out + 1, NEWSWIRE_ID_LEN - 1);
}
