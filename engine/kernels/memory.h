// Addresses of the shared memory as pointers.
#pragma once
#include <stdint.h>

#ifdef __wasm__
#define AT(type, address) ((type *)(uintptr_t)(address))
#else
// Natively the memory image of the WebAssembly side lies anywhere; addresses count from its start.
extern uint8_t *memory_base;
#define AT(type, address) ((type *)(memory_base + (address)))
#endif
