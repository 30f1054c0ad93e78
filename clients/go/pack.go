// Plans one order with a Boxwright server, prints what a packer needs, then prints a refusal.
//
//	go run pack.go 127.0.0.1:50051
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	boxwright "boxwright/v1"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

func main() {
	target := "127.0.0.1:50051"
	if len(os.Args) > 1 {
		target = os.Args[1]
	}
	connection, err := grpc.Dial(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	client := boxwright.NewPackingServiceClient(connection)

	book := &boxwright.OrderLine{
		LineId:   "book",
		Quantity: 3,
		MassG:    proto.Float64(340),
		Shape: &boxwright.OrderLine_Cuboid{Cuboid: &boxwright.Cuboid{
			Dimensions: &boxwright.Dimensions{LengthMm: 210, WidthMm: 148, HeightMm: 20},
		}},
	}
	answer, err := pack(client, &boxwright.Order{OrderId: "A-1001", Lines: []*boxwright.OrderLine{book}})
	if err != nil {
		log.Fatal(err)
	}
	for number, parcel := range answer.Plan.Parcels {
		fmt.Printf("parcel %d: box %s, %.0f g gross\n", number+1, parcel.BoxTypeId, parcel.GetGrossG())
		for step, unit := range parcel.Placements {
			fmt.Printf("  %d. %s at %.0f, %.0f, %.0f mm\n", step+1, unit.LineId, unit.GetXMm(), unit.GetYMm(), unit.GetZMm())
		}
	}

	_, err = pack(client, &boxwright.Order{OrderId: "nothing ordered"})
	refusal := status.Convert(err)
	for _, detail := range refusal.Details() {
		switch each := detail.(type) {
		case *errdetails.ErrorInfo:
			fmt.Printf("refused: %s, %s\n", refusal.Code(), each.Reason)
		case *errdetails.BadRequest:
			for _, violation := range each.FieldViolations {
				fmt.Printf("  %s: %s\n", violation.Field, violation.Description)
			}
		case *errdetails.RetryInfo:
			fmt.Printf("  try again in %s\n", each.RetryDelay.AsDuration())
		}
	}
}

// pack plans an order with a deadline of two seconds: a packer should not wait longer.
func pack(client boxwright.PackingServiceClient, order *boxwright.Order) (*boxwright.PackResponse, error) {
	within, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return client.Pack(within, &boxwright.PackRequest{
		Order:         order,
		CatalogSource: &boxwright.PackRequest_Catalog{Catalog: "catalogs/eu-webshop"},
	})
}
