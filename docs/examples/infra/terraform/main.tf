# What a model's team settles in code before a delivery. It uses nothing but the built-in terraform_data resource, so it runs without
# any provider or cloud; put your buckets, queues and clusters here.
terraform {
  required_version = ">= 1.4"
}

variable "model" {
  type        = string
  description = "Name of the model."
}

variable "replicas" {
  type        = number
  default     = 3
  description = "Pods of the stable version."
}

resource "terraform_data" "serving" {
  input = {
    model     = var.model
    namespace = "ml"
    replicas  = var.replicas
  }
}

resource "terraform_data" "objective" {
  input = {
    availability = 0.99
  }
}

output "namespace" {
  value = terraform_data.serving.output.namespace
}

output "replicas" {
  value = terraform_data.serving.output.replicas
}
