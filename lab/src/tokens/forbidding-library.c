/*
 * A PKCS #11 library that is another one, LIBRARY, but for what it refuses. It notes each refusal as a line in the
 * file REFUSALS. MISSING are numbers of mechanisms, each with a comma after it. All is defined by forbidding-library.ts.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned long number;
typedef number (*function)();
struct list {
  unsigned char version[2];
  function functions[68];
};

/* Places in CK_FUNCTION_LIST. */
enum { get_mechanism_list = 7, copy_object = 21, set_attribute_value = 25, sign_init = 42, generate_key_pair = 59 };

/* CKR_… */
enum { ok = 0, function_not_supported = 0x54, mechanism_invalid = 0x70, buffer_too_small = 0x150 };

static struct list own, *real;
static const number missing[] = {MISSING ~0UL};

static number refuse(const char *what, number answer) {
  FILE *refusals = fopen(REFUSALS, "a");
  if (refusals == NULL) abort();
  fprintf(refusals, "%s\n", what);
  fclose(refusals);
  return answer;
}

static int is_missing(number mechanism) {
  for (int i = 0; missing[i] != ~0UL; i += 1)
    if (missing[i] == mechanism) return 1;
  return 0;
}

static number no_copy() { return refuse("C_CopyObject", function_not_supported); }

static number no_set() { return refuse("C_SetAttributeValue", function_not_supported); }

static number list_others(number slot, number *out, number *count) {
  number all[1024], found = 1024, left = 0;
  number answer = real->functions[get_mechanism_list](slot, all, &found);
  if (answer != ok) return answer;
  for (number i = 0; i < found; i += 1)
    if (!is_missing(all[i])) all[left++] = all[i];
  if (left < found) refuse("C_GetMechanismList", ok);
  number room = *count;
  *count = left;
  if (out == NULL) return ok;
  if (room < left) return buffer_too_small;
  for (number i = 0; i < left; i += 1) out[i] = all[i];
  return ok;
}

static number sign_with_others(number session, number *mechanism, number key) {
  if (is_missing(mechanism[0])) return refuse("C_SignInit", mechanism_invalid);
  return real->functions[sign_init](session, mechanism, key);
}

static number generate_with_others(number session, number *mechanism, void *public_template, number public_count,
                                   void *private_template, number private_count, number *public_key,
                                   number *private_key) {
  if (is_missing(mechanism[0])) return refuse("C_GenerateKeyPair", mechanism_invalid);
  return real->functions[generate_key_pair](session, mechanism, public_template, public_count, private_template,
                                            private_count, public_key, private_key);
}

number C_GetFunctionList(struct list **out) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) abort();
  function get = (function)dlsym(library, "C_GetFunctionList");
  number answer = get(&real);
  if (answer != ok) return answer;
  own = *real;
  own.functions[get_mechanism_list] = list_others;
  own.functions[sign_init] = sign_with_others;
  own.functions[generate_key_pair] = generate_with_others;
#ifdef WITHOUT_C_CopyObject
  own.functions[copy_object] = no_copy;
#endif
#ifdef WITHOUT_C_SetAttributeValue
  own.functions[set_attribute_value] = no_set;
#endif
  *out = &own;
  return ok;
}
