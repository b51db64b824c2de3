#pragma once

#include "codec_baseline.h"
#include "rpc_baseline.h"
#include "trigger_baseline.h"
