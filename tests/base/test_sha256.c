/* SHA-256 against published vectors: FIPS 180-4 examples (NIST "SHA256.pdf" and the byte-oriented test set). */
#include "quarry/sha256.h"

#include "tap.h"

#include <stdlib.h>

static const struct {
  const char *text, *hex, *what;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "empty message"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "one block"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "56 bytes: length spills into a second block"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1", "two blocks"}};

int main(void)
{
  char hex[65];
  for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
    qy_sha256_text(hex, vectors[i].text, strlen(vectors[i].text));
    is_text(hex, vectors[i].hex, vectors[i].what);
  }

  size_t million = 1000000;
  char *a = malloc(million);
  if (!a) return 1;
  memset(a, 'a', million);
  qy_sha256_text(hex, a, million);
  is_text(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "a million times 'a'");

  /* seq 1 100 | sha256sum */
  char text[512];
  size_t length = 0;
  for (int i = 1; i <= 100; i++)
    length += (size_t)snprintf(text + length, sizeof text - length, "%d\n", i);
  qy_sha256_text(hex, text, length);
  is_text(hex, "93d4e5c77838e0aa5cb6647c385c810a7c2782bf769029e6c420052048ab22bb", "what sha256sum gives");
  free(a);
  return done();
}
