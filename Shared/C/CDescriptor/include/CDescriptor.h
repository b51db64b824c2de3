#pragma once

// Written by protoc-c from descriptor.proto; run deploy/generate to renew it.
#include "google/protobuf/descriptor.pb-c.h"
